console.log('bindspec');
